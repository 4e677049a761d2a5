"""The configuration: one TOML file, overridden by environment variables.

``HUIFANG_<SECTION>_<KEY>`` overrides a key, for example ``HUIFANG_TELEGRAM_TOKEN``. A key or variable nobody
knows is refused with the nearest one we do know.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_serializer,
    field_validator,
    model_validator,
)

PREFIX = "HUIFANG_"
_OF_A_PLATFORM = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$")
"""What Kubernetes and Docker set for a service called huifang, or huifang-db."""


class ConfigError(Exception):
    """The configuration cannot be used; its text says which key and what would be right."""


class Section(BaseModel):
    """A section of the file. Keys it does not define are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Telegram(Section):
    """How to reach Telegram."""

    token: SecretStr = SecretStr("")
    token_file: Path | None = None
    base_url: str = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    listen: str = "127.0.0.1:8080"

    @model_validator(mode="after")
    def _webhook_is_complete(self) -> Telegram:
        if self.mode == "webhook" and not (self.webhook_url and self.webhook_secret.get_secret_value()):
            raise ValueError('mode = "webhook" needs webhook_url and webhook_secret as well')
        return self

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _colon, port = value.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            raise ValueError("must be HOST:PORT, such as 127.0.0.1:8080")
        return value

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _colon, port = self.listen.rpartition(":")
        return host, int(port)

    def secret_token(self) -> str:
        """Return the bot's token. Raises ConfigError when there is none."""
        token = self.token.get_secret_value().strip()
        if not token and self.token_file:
            try:
                token = self.token_file.read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ConfigError(f"telegram.token_file: {self.token_file} cannot be read ({error.strerror})") from None
        if not token:
            raise ConfigError(
                "telegram.token is empty: talk to @BotFather in Telegram, send /newbot, "
                "and put the token it gives you into the configuration"
            )
        return token


class DatabaseSection(Section):
    """Where everything is remembered."""

    url: str = Field(default="sqlite:///data/huifang.db", repr=False)
    threads: int = Field(default=4, ge=1, le=64)

    @field_serializer("url", when_used="json")
    def _masked(self, url: str) -> str:  # noqa: ARG002 - it may hold a password, wherever it hides it
        return "**********"


class Attachments(Section):
    """Where copies of what people sent are kept."""

    folder: Path = Path("data/attachments")
    largest_mb: int = Field(default=20, ge=1, le=20)


class People(Section):
    """Who is there from the beginning."""

    admins: tuple[int, ...] = ()


class Company(Section):
    """Whose system this is."""

    name: str = "回访"
    emergency_phone: str = ""
    timezone: str = "Asia/Shanghai"
    language: Literal["zh_CN", "en"] = "zh_CN"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            near = get_close_matches(value, available_timezones(), 1)
            raise ValueError(f"is not a time zone{f'; did you mean {near[0]!r}?' if near else ''}")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The firm's time zone."""
        return ZoneInfo(self.timezone)


class QuietHours(Section):
    """When nobody is disturbed except for safety."""

    start: time = time(22, 0)
    end: time = time(7, 30)


class Logging(Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Config(Section):
    """The whole configuration."""

    telegram: Telegram = Telegram()
    database: DatabaseSection = DatabaseSection()
    attachments: Attachments = Attachments()
    people: People = People()
    company: Company = Company()
    quiet_hours: QuietHours = QuietHours()
    log: Logging = Logging()


def load(path: Path | None, environment: Mapping[str, str]) -> Config:
    """Return the configuration of the file and the environment. Raises ConfigError in plain words."""
    told = _read(path) if path else {}
    for key, value in _from_environment(environment).items():
        section, _dot, name = key.partition(".")
        if isinstance(told.setdefault(section, {}), dict):
            told[section][name] = value
    try:
        return Config.model_validate(told)
    except ValidationError as error:
        raise ConfigError("\n".join(_in_words(problem) for problem in error.errors())) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist; copy config.example.toml and fill it in") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    known = {f"{PREFIX}{key.replace('.', '_')}".upper(): key for key in _keys()}
    wrong = [_no_such(name, known) for name in sorted(environment) if _meant_for_us(name) and name not in known]
    if wrong:
        raise ConfigError("\n".join(wrong))
    given = {key: environment[name] for name, key in known.items() if name in environment}
    return {key: _listed(value) if key == "people.admins" else value for key, value in given.items()}


def _keys() -> Iterator[str]:
    for section, field in Config.model_fields.items():
        assert isinstance(field.default, Section)  # noqa: S101 - every field of Config is a section
        yield from (f"{section}.{name}" for name in type(field.default).model_fields)


def _meant_for_us(name: str) -> bool:
    """Return whether a variable is an attempt at one of ours: container platforms set some that begin alike."""
    return name.startswith(PREFIX) and not _OF_A_PLATFORM.search(name)


def _no_such(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f"{name}: there is no such variable{f'; did you mean {near[0]}?' if near else ''}"


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _in_words(problem: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] != "extra_forbidden":
        return f"{where}: {_PLAIN.get(problem['type'], problem['msg'].removeprefix('Value error, '))}"
    near = get_close_matches(str(problem["loc"][-1]), _known(problem["loc"][:-1]), 1)
    return f"{where}: there is no such key{f'; did you mean {near[0]!r}?' if near else ''}"


_PLAIN = {
    "model_type": "must be a section, such as [telegram]",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "tuple_type": "must be a list of numbers, such as [12345678]",
    "path_type": "must be a path, in quotes",
    "time_type": "must be a time of day, such as 22:00:00",
    "time_parsing": "must be a time of day, such as 22:00:00",
}


def _known(section: tuple[Any, ...]) -> list[str]:
    if not section:
        return list(Config.model_fields)
    field = Config.model_fields.get(str(section[0]))
    return list(type(field.default).model_fields) if field else []
