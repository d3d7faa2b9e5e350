"""What routes take as arguments: the caller and the services."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from nexus.services import ChatServices


async def services(request: Request) -> ChatServices:
    """The services that the composition root made."""
    made: ChatServices = request.app.state.services
    return made


Services = Annotated[ChatServices, Depends(services)]
