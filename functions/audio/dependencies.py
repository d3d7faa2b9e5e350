"""What routes take as arguments: the services."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from nexus.services import AudioServices


async def services(request: Request) -> AudioServices:
    """The services that the composition root made."""
    made: AudioServices = request.app.state.services
    return made


Services = Annotated[AudioServices, Depends(services)]
