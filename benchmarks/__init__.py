"""Measures a whole durable turn of Huifang beside bare echo bots of python-telegram-bot and aiogram."""
