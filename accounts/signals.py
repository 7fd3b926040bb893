"""What the ground tells the floors above it."""

from django.dispatch import Signal

# Something was observed about accounts that a score may rest on: a touch, a contact, a contract, an invoice.
# Sent inside the transaction that wrote it, with `account_ids`, a sequence of keys.
account_observed = Signal()
