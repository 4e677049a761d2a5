"""A local Telegram for the demo and the end-to-end tests. It imports nothing from the other packages."""

from simulator.bots import Bot
from simulator.bubbles import Bubble
from simulator.chats import Account, Toast
from simulator.clock import Clock
from simulator.faults import Fault, Faults
from simulator.ledger import Call, Ledger
from simulator.phone import Phone, PhoneRefuses
from simulator.refusals import Refusal
from simulator.simulator import Simulator

__all__ = [
    "Account",
    "Bot",
    "Bubble",
    "Call",
    "Clock",
    "Fault",
    "Faults",
    "Ledger",
    "Phone",
    "PhoneRefuses",
    "Refusal",
    "Simulator",
    "Toast",
]
