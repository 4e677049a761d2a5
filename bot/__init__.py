"""The process: command line, configuration, Telegram, clock. The only place that has heard of Telegram."""
