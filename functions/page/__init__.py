"""Publishes the page: what CloudFormation calls when a stage's page or its configuration changes."""
