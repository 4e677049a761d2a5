"""The methods by which a bot gets its updates: long polling and webhooks."""

import re

from simulator.bots import Bot
from simulator.chats import Json
from simulator.courier import Webhook
from simulator.mailbox import MOST_UPDATES, Update
from simulator.parameters import Parameters
from simulator.refusals import WEBHOOK_IS_ACTIVE, WEBHOOK_TAKES_OVER, bad_request, conflict

_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")


async def get_updates(bot: Bot, asked: Parameters) -> list[Update]:
    """Hand out updates, waiting for them if asked to."""
    if bot.courier.webhook:
        raise conflict(WEBHOOK_IS_ACTIVE)
    _remember_allowed(bot, asked)
    return await bot.mailbox.poll(
        asked.integer("offset"), asked.integer("limit", MOST_UPDATES), asked.integer("timeout")
    )


async def set_webhook(bot: Bot, asked: Parameters) -> bool:
    """Deliver to this address from now on; an empty one ends the delivery."""
    url = asked.text("url")
    if not url:
        return await delete_webhook(bot, asked)
    if not url.startswith(("https://", "http://")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not _SECRET.fullmatch(asked.text("secret_token")):
        raise bad_request("secret token contains unallowed characters")
    _remember_allowed(bot, asked)
    if asked.flag("drop_pending_updates"):
        bot.mailbox.clear()
    bot.mailbox.interrupt(conflict(WEBHOOK_TAKES_OVER))
    connections = max(1, min(asked.integer("max_connections", 40), 100))
    await bot.courier.serve(Webhook(url, asked.text("secret_token"), connections))
    return True


async def delete_webhook(bot: Bot, asked: Parameters) -> bool:
    """End the delivery."""
    await bot.courier.stop()
    if asked.flag("drop_pending_updates"):
        bot.mailbox.clear()
    return True


async def get_webhook_info(bot: Bot, _asked: Parameters) -> Json:
    """Tell how the delivery goes."""
    webhook = bot.courier.webhook or Webhook("")
    info: Json = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(bot.mailbox),
    }
    if webhook.url:
        info |= {"max_connections": webhook.max_connections, "ip_address": "127.0.0.1"}
    if webhook.last_error:
        info |= {"last_error_date": webhook.last_error_at, "last_error_message": webhook.last_error}
    if bot.mailbox.allowed:
        info["allowed_updates"] = bot.mailbox.allowed
    return info


def _remember_allowed(bot: Bot, asked: Parameters) -> None:
    """Take over `allowed_updates`; left out, the earlier setting stays."""
    kinds = asked.json("allowed_updates")
    if isinstance(kinds, list):
        bot.mailbox.allow(kinds)
