"""What the triggers of the database ask of the transaction that sets them off."""

from django.db import connection

ANSWER = """
    SELECT set_config('pgtrigger.ignore', COALESCE(NULLIF(current_setting('pgtrigger.ignore', true), ''), '{}'), true)
"""


def answer_triggers() -> None:
    """Lets each trigger find the list of those to be passed over, empty where nobody made one, until the transaction
    ends.

    Without it each trigger's question fails and is taken back, once a row. To take back anything, PostgreSQL goes
    through all the checks that wait for the commit: minutes, where tens of thousands of rows are written.
    """
    with connection.cursor() as cursor:
        cursor.execute(ANSWER)
