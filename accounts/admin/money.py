"""Products, contracts, invoices and exchange rates."""

from django.contrib import admin

from accounts.admin.customers import KeptAdmin
from accounts.models import Contract, ContractLine, ExchangeRate, Invoice, Product
from cs_workspace.common.admin import TabularInline, WorkspaceAdmin


class LineInline(TabularInline):
    """What the contract sells."""

    model = ContractLine
    extra = 0
    fields = ["product", "seats", "seats_assigned", "unit_price", "arr", "discount"]


@admin.register(Product)
class ProductAdmin(WorkspaceAdmin):
    """What is sold by subscription."""

    list_display = ["name", "key", "feature_count"]
    search_fields = ["name", "key"]
    prepopulated_fields = {"key": ["name"]}


@admin.register(Contract)
class ContractAdmin(KeptAdmin):
    """Subscription agreements and their lines."""

    list_display = ["__str__", "account", "start", "end", "auto_renew", "status"]
    list_filter = ["status", "auto_renew", "billing"]
    list_select_related = ["account"]
    search_fields = ["number", "account__name", "external_id"]
    autocomplete_fields = ["account"]
    inlines = [LineInline]
    history_with_parts = True


@admin.register(Invoice)
class InvoiceAdmin(KeptAdmin):
    """Bills."""

    list_display = ["number", "account", "due_on", "paid_on", "amount", "currency", "status"]
    list_filter = ["status"]
    list_select_related = ["account"]
    search_fields = ["number", "account__name"]
    autocomplete_fields = ["account", "contract"]


@admin.register(ExchangeRate)
class ExchangeRateAdmin(WorkspaceAdmin):
    """What a currency is worth in workspace currency, from a day on."""

    list_display = ["currency", "rate", "valid_from"]
    list_filter = ["currency"]
