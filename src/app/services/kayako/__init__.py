"""Kayako, both products: the new one's sessions, and Classic's signatures and XML."""
