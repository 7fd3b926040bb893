"""For load balancers and supervisors: is this process alive, and can it do its work?"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

BROKER_SECONDS = 2


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else, so a database that is down does not get healthy processes killed."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 until database and broker can be reached; says which one cannot, not why: anyone may ask."""
    parts = {"database": database_answers(), "broker": broker_answers()}
    words = {name: "ok" if ok else "unreachable" for name, ok in parts.items()}
    return JsonResponse(words, status=200 if all(parts.values()) else 503)


def database_answers() -> bool:
    """True when the database runs a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    """True when Valkey answers within two seconds."""
    try:
        with Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=BROKER_SECONDS,
            socket_connect_timeout=BROKER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        ) as broker:
            return bool(broker.ping())
    except (RedisError, OSError):
        return False
