"""An OpenID Connect provider: its keys, the tokens that it signs, and how it takes them back."""
