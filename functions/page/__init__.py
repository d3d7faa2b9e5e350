"""Publishes the page: what CloudFormation calls when a page or its configuration changes."""
