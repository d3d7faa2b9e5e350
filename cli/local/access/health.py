"""Where anybody may ask whether the local AWS is up."""

HEALTH = "/_ministack/health"
