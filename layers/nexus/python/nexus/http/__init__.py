"""What the functions behind the gateway share: the app's frame, its callers and its errors."""
