"""What callers and tenants may spend: reserved before a model is asked, and settled after."""
