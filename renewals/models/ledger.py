"""The ARR ledger, and what it remembers of contract lines."""

import datetime as dt

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import Account, ContractLine, Product, User
from accounts.models.account import of_visible_accounts
from renewals.domain.movements import GAINS, KINDS, LOSSES, Kind

# A statement of ours runs the trigger at depth 1. Deeper it is a foreign key at work: an account that is erased takes
# its entries along, and a line that is taken out of a contract leaves them without it.
_REFUSE = """
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the ledger is append-only: entries are neither changed nor removed';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""
# Bytes of an entry in a pack: product (0 for none) and amount in cents of eight each, the day's ordinal of four, the
# place of the kind of two, the high byte first.
PACKED_ENTRY = f"""
    int8send(COALESCE(product_id, 0)) || int4send(day - date '0001-01-01' + 1)
        || int2send((array_position('{{{",".join(KINDS)}}}'::text[], kind::text) - 1)::int2)
        || int8send((amount * 100)::bigint)
"""
_PACK = f"""
    INSERT INTO renewals_ledgerpack AS held (account_id, entries)
    SELECT account_id, string_agg({PACKED_ENTRY}, '' ORDER BY id) FROM added GROUP BY account_id ORDER BY account_id
    ON CONFLICT (account_id) DO UPDATE SET entries = held.entries || excluded.entries;
    RETURN NULL;
"""  # noqa: S608  its part stands above


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    """Conditions over entries."""

    def visible_to(self, user: User) -> "LedgerEntryQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def as_of(self, day: dt.date) -> "LedgerEntryQuerySet":
        """Entries up to and including a day: they sum to the ARR on it."""
        return self.filter(day__lte=day)


class LedgerEntry(models.Model):
    """One movement of an account's ARR. Entries are appended and never changed; what was wrong is corrected by another.

    The sum of an account's entries up to a day is its ARR on that day.
    """

    class Source(models.TextChoices):
        CONTRACT = "contract", "Contract line"
        RENEWAL = "renewal", "Renewal"
        IMPORT = "import", "Import"

    # The database itself takes the entries along with their account (migration 0001), see the trigger.
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="ledger_entries"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    day = models.DateField()
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.capitalize()) for kind in Kind])
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, help_text="In workspace currency; negative for what was lost."
    )
    original_amount = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, help_text="In the contract's currency, if that is another one."
    )
    original_currency = models.CharField(max_length=3, blank=True)
    rate = models.DecimalField(
        max_digits=14, decimal_places=6, null=True, help_text="By which it was converted; empty where none was known."
    )
    # The database itself empties it when the line goes.
    contract_line = models.ForeignKey(
        ContractLine, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    source = models.CharField(max_length=8, choices=Source, default=Source.CONTRACT)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    number = models.PositiveSmallIntegerField(
        default=0, help_text="Counts the entries of that account, day and product, so that none is written twice."
    )

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "ledger entries"
        ordering = ["account", "day", "pk"]
        constraints = [
            # Also the index for sums by account and day.
            models.UniqueConstraint(
                fields=["account", "day", "product", "number"],
                include=["amount", "kind"],
                nulls_distinct=False,
                name="ledger_entry_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind if kind in GAINS], amount__gt=0)
                | Q(kind__in=[kind.value for kind in Kind if kind in LOSSES], amount__lt=0)
                | Q(kind=Kind.CORRECTION.value) & ~Q(amount=0),
                name="ledger_entry_sign_of_kind",
            ),
            models.CheckConstraint(
                condition=Q(original_currency="", original_amount=None, rate=None)
                | ~Q(original_currency="") & Q(original_amount__isnull=False),
                name="ledger_entry_original_whole",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="append_only", when=pgtrigger.Before, operation=pgtrigger.Update | pgtrigger.Delete, func=_REFUSE
            ),
            pgtrigger.Trigger(
                name="pack",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func=_PACK,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} on {self.day}"


class LedgerPackQuerySet(models.QuerySet["LedgerPack"]):
    """Conditions over packs."""

    def visible_to(self, user: User) -> "LedgerPackQuerySet":
        return self.filter(of_visible_accounts(user))


class LedgerPack(models.Model):
    """All entries of an account in one row, in the order in which they were appended, as `PACKED_ENTRY` has them.

    Reports read it in place of half a million rows. The database appends to it what is appended to the ledger, in the
    same statement (the ledger's trigger `pack`), so that nothing else writes it.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="+")
    entries = models.BinaryField()

    objects = LedgerPackQuerySet.as_manager()

    def __str__(self) -> str:
        return f"entries of account {self.account_id}"


class LineArr(models.Model):
    """The ARR of a contract line from a day on, as the ledger saw it or as an import told it.

    A line holds only what it is worth now. Its first amount counts from the beginning of the contract, each later one
    from the day on which it was seen.
    """

    line = models.ForeignKey(ContractLine, on_delete=models.CASCADE, related_name="+", db_index=False)
    seen_on = models.DateField()
    arr = models.DecimalField(max_digits=14, decimal_places=2, help_text="In the contract's currency.")
    is_told = models.BooleanField(
        default=False, db_default=False, help_text="An import told it, and replaces it when it tells otherwise."
    )

    class Meta:
        verbose_name = "ARR of a line"
        verbose_name_plural = "ARR of lines"
        constraints = [models.UniqueConstraint(fields=["line", "seen_on"], name="line_arr_once_a_day")]

    def __str__(self) -> str:
        return f"{self.arr} from {self.seen_on}"
