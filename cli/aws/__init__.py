"""Deploys a stage into an AWS account, checks what that needs, and removes it again."""
