"""What routes take as arguments: the caller and the services."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from nexus.services import ChatServices


def services_of(request: Request) -> ChatServices:
    """The services that the composition root made, for what has the request at hand.

    As a dependency they are solved for each that names them.
    """
    made: ChatServices = request.app.state.services
    return made


async def services(request: Request) -> ChatServices:
    """The services that the composition root made."""
    return services_of(request)


Services = Annotated[ChatServices, Depends(services)]
