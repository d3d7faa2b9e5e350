"""How long each stage keeps its logs, in CDK's words."""

from __future__ import annotations

from aws_cdk import aws_logs as logs

from cdk.stages import Stage


def retention(stage: Stage) -> logs.RetentionDays:
    """How long a stage's logs are kept."""
    return {
        1: logs.RetentionDays.ONE_DAY,
        3: logs.RetentionDays.THREE_DAYS,
        5: logs.RetentionDays.FIVE_DAYS,
        7: logs.RetentionDays.ONE_WEEK,
        14: logs.RetentionDays.TWO_WEEKS,
        30: logs.RetentionDays.ONE_MONTH,
        60: logs.RetentionDays.TWO_MONTHS,
        90: logs.RetentionDays.THREE_MONTHS,
        180: logs.RetentionDays.SIX_MONTHS,
        365: logs.RetentionDays.ONE_YEAR,
    }[stage.log_retention_days]
