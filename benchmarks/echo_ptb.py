"""An echo bot of python-telegram-bot as its documentation builds one: its Application, its stock httpx request.

Its own webhook server needs tornado; the documented way with another one is used instead: aiohttp puts updates
into the application's queue, and acknowledges then, before they are handled. Updates are handled concurrently.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web
from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters


async def on_message(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    await update.message.reply_text(update.message.text)


async def on_tap(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    await asyncio.gather(query.answer(), query.edit_message_text(query.data))


async def run(token: str, telegram: str, port: int) -> None:
    builder = Application.builder().token(token).base_url(f"{telegram}/bot").updater(None)
    application = builder.concurrent_updates(True).build()
    application.add_handler(MessageHandler(filters.TEXT, on_message))
    application.add_handler(CallbackQueryHandler(on_tap))

    async def receive(request: web.Request) -> web.Response:
        await application.update_queue.put(Update.de_json(await request.json(), application.bot))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    async with application:
        await application.start()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3])))
