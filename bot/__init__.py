"""The process: command line, configuration, Telegram, clock. The only place that has heard of Telegram."""

import os

# python-telegram-bot then gives a flood's pause as a timedelta, and does not warn of it at every flood.
os.environ.setdefault("PTB_TIMEDELTA", "true")
