"""How failures are seen: alarms, a dashboard and saved queries over what the functions report."""
