"""The routes of the management API, one module for each kind of resource."""

from nexus.http import segments

segments.install()
