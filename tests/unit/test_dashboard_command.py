"""`nexus dashboard` prints where a stage's figures are, or why there are none."""

from __future__ import annotations

import pytest

from cli.commands.dashboard import dashboard_url
from cli.failure import Failure
from tests.unit.cli_stage import deployment


def test_the_address_is_of_the_stage_s_dashboard_in_its_region() -> None:
    found = dashboard_url(deployment(stage="prod", region="eu-west-1", dashboard_name="nexus-prod"))
    assert found == (
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home"
        "?region=eu-west-1#dashboards/dashboard/nexus-prod"
    )


def test_a_stage_that_is_not_monitored_says_so() -> None:
    with pytest.raises(Failure, match="monitored"):
        dashboard_url(deployment(stage="local", region="us-east-1"))
