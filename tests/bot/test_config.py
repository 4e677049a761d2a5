"""The configuration: what is wrong is said in plain words, and the token is never shown."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from bot.config import Config, ConfigError, load

CANARY = "123456789:CANARY-token-that-no-line-may-ever-show-1"


def loaded(tmp_path: Path, text: str, **environment: str) -> Config:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, environment)


def refusal(tmp_path: Path, text: str, **environment: str) -> str:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, text, **environment)
    return str(refused.value)


def test_nothing_said_is_polling_on_sqlite_in_chinese():
    config = load(None, {})

    assert config.telegram.mode == "polling"
    assert config.telegram.address == ("127.0.0.1", 8080)
    assert config.database.url.startswith("sqlite:///")
    assert config.company.language == "zh_CN"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[telegram]\ntokn = 'x'", "telegram.tokn: there is no such key; did you mean 'token'?"),
        ("[telegrm]\ntoken = 'x'", "telegrm: there is no such key; did you mean 'telegram'?"),
        ("[people]\nadmin = [1]", "people.admin: there is no such key; did you mean 'admins'?"),
        ("[log]\ncolour = true", "log.colour: there is no such key"),
        ("telegram = 'x'", "telegram: must be a section, such as [telegram]"),
        ("[telegram]\ntoken = 5", "telegram.token: must be text in quotes"),
        ("[telegram]\ntoken_file = 5", "telegram.token_file: must be a path, in quotes"),
        ("[company]\nname = 5", "company.name: must be text in quotes"),
        ("[telegram]\nmode = 'push'", "telegram.mode: Input should be 'polling' or 'webhook'"),
        ("[telegram]\nlisten = '8080'", "telegram.listen: must be HOST:PORT, such as 127.0.0.1:8080"),
        ("[telegram]\nlisten = 'localhost:99999'", "telegram.listen: must be HOST:PORT"),
        ("[database]\nthreads = 'many'", "database.threads: must be a whole number"),
        ("[attachments]\nfolder = 5", "attachments.folder: must be a path, in quotes"),
        ("[attachments]\nlargest_mb = 21", "attachments.largest_mb: Input should be less than or equal to 20"),
        ("[attachments]\nlargest = 20", "attachments.largest: there is no such key; did you mean 'largest_mb'?"),
        ("[database]\nthreads = 0", "database.threads: Input should be greater than or equal to 1"),
        ("[people]\nadmins = ['li']", "people.admins.0: must be a whole number"),
        (
            "[company]\ntimezone = 'Asia/Shanghay'",
            "company.timezone: is not a time zone; did you mean 'Asia/Shanghai'?",
        ),
        ("[company]\ntimezone = 'xyzzy'", "company.timezone: is not a time zone"),
        ("[people]\nadmins = 7", "people.admins: must be a list of numbers, such as [12345678]"),
        ("[company]\nlanguage = 'fr'", "company.language: Input should be 'zh_CN' or 'en'"),
        ("[quiet_hours]\nstart = 'late'", "quiet_hours.start: must be a time of day, such as 22:00:00"),
        ("[database]\nthreads = 1.5", "database.threads: must be a whole number"),
        ("[telegram]\nmode = 'webhook'", 'mode = "webhook" needs webhook_url and webhook_secret as well'),
        ("[telegram]\nmode = 'webhook'\nwebhook_url = 'https://example.com/h'", "needs webhook_url and webhook_secret"),
        ("[telegram\n", "is not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path, text, words):
    assert words in refusal(tmp_path, text)


def test_everything_wrong_is_said_at_once(tmp_path):
    assert len(refusal(tmp_path, "[log]\nlevel = 'loud'\n[company]\nlanguage = 'fr'").splitlines()) == 2


def test_a_file_that_is_not_there_is_said():
    with pytest.raises(ConfigError, match=r"copy config\.example\.toml"):
        load(Path("/nowhere/config.toml"), {})


def test_a_file_that_is_no_text_is_said(tmp_path):
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigError, match="not valid TOML"):
        load(tmp_path / "config.toml", {})


def test_a_complete_webhook_is_taken(tmp_path):
    text = "[telegram]\nmode = 'webhook'\nwebhook_url = 'https://example.com/h'\nwebhook_secret = 's'"

    assert loaded(tmp_path, text).telegram.webhook_secret.get_secret_value() == "s"


@pytest.mark.parametrize(
    ("variable", "value", "read"),
    [
        ("HUIFANG_TELEGRAM_TOKEN", "1:new", lambda config: config.telegram.secret_token() == "1:new"),
        ("HUIFANG_TELEGRAM_LISTEN", "0.0.0.0:80", lambda config: config.telegram.address == ("0.0.0.0", 80)),
        ("HUIFANG_DATABASE_THREADS", "3", lambda config: config.database.threads == 3),
        ("HUIFANG_DATABASE_URL", "sqlite://", lambda config: config.database.url == "sqlite://"),
        ("HUIFANG_PEOPLE_ADMINS", "7,8", lambda config: config.people.admins == (7, 8)),
        ("HUIFANG_PEOPLE_ADMINS", "", lambda config: config.people.admins == ()),
        ("HUIFANG_QUIET_HOURS_START", "21:15", lambda config: config.quiet_hours.start.hour == 21),
        ("HUIFANG_COMPANY_NAME", "恒远", lambda config: config.company.name == "恒远"),
    ],
)
def test_the_environment_beats_the_file(tmp_path, variable, value, read):
    text = "[telegram]\ntoken = '1:old'\n[people]\nadmins = [1]"

    assert read(loaded(tmp_path, text, **{variable: value}))


def test_a_wrong_variable_is_said_by_its_key(tmp_path):
    assert "database.threads" in refusal(tmp_path, "", HUIFANG_DATABASE_THREADS="many")


def test_a_variable_does_not_hide_a_section_that_is_none(tmp_path):
    assert "telegram: must be a section" in refusal(tmp_path, "telegram = 'x'", HUIFANG_TELEGRAM_TOKEN="1:a")


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        (
            "HUIFANG_TELEGRAM_TOKN",
            "HUIFANG_TELEGRAM_TOKN: there is no such variable; did you mean HUIFANG_TELEGRAM_TOKEN?",
        ),
        ("HUIFANG_DATABSE_URL", "did you mean HUIFANG_DATABASE_URL?"),
        ("HUIFANG_QUIETHOURS_START", "did you mean HUIFANG_QUIET_HOURS_START?"),
        ("HUIFANG_TELEGRAM", "there is no such variable"),
        ("HUIFANG_XYZ", "HUIFANG_XYZ: there is no such variable"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_nearest_right_one(tmp_path, variable, words):
    said = refusal(tmp_path, "", **{variable: CANARY})

    assert words in said
    assert "CANARY" not in said


def test_variables_of_others_are_none_of_our_business(tmp_path):
    kubernetes = {
        "HUIFANG_SERVICE_HOST": "10.0.0.1",
        "HUIFANG_SERVICE_PORT": "80",
        "HUIFANG_SERVICE_PORT_HTTP": "80",
        "HUIFANG_PORT": "tcp://10.0.0.1:80",
        "HUIFANG_PORT_80_TCP": "tcp://10.0.0.1:80",
        "HUIFANG_PORT_80_TCP_ADDR": "10.0.0.1",
        "HUIFANG_DB_SERVICE_HOST": "10.0.0.2",
    }
    assert loaded(tmp_path, "", HUIFANG="x", TELEGRAM_TOKEN="x", **kubernetes) == Config()


def test_the_token_may_stand_in_a_file_of_its_own(tmp_path):
    (tmp_path / "token").write_text(f"{CANARY}\n")
    config = loaded(tmp_path, f"[telegram]\ntoken_file = '{tmp_path / 'token'}'")

    assert config.telegram.secret_token() == CANARY


def test_a_token_file_that_cannot_be_read_is_said(tmp_path):
    config = loaded(tmp_path, f"[telegram]\ntoken_file = '{tmp_path / 'none'}'")

    with pytest.raises(ConfigError, match=r"telegram\.token_file: .* cannot be read"):
        config.telegram.secret_token()


def test_no_token_is_said_with_where_to_get_one():
    with pytest.raises(ConfigError, match="@BotFather"):
        Config().telegram.secret_token()


@pytest.mark.parametrize("shown", [repr, str, lambda config: config.model_dump_json(), lambda config: f"{config!r}"])
def test_a_configuration_does_not_show_its_secrets(tmp_path, shown):
    text = f"[telegram]\ntoken = '{CANARY}'\nwebhook_secret = '{CANARY}'\n"
    text += f"[database]\nurl = 'postgresql+psycopg://huifang:{quote(CANARY)}@db/huifang?password={quote(CANARY)}'"

    assert "CANARY" not in shown(loaded(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        f"[telegram]\ntoken = ['{CANARY}']",
        f"[telegram]\ntoken = '{CANARY}'\nlisten = 8080",
        f"[telegram]\ntoken = '{CANARY}'\nmode = 'webhook'",
        f"[telegram]\nlisten = '{CANARY}'",
        f"[telegram]\ntoken = '{CANARY}",
        f"[telegram]\ntoken = {CANARY}",
        f"[people]\nadmins = ['{CANARY}']",
    ],
)
def test_no_refusal_shows_the_token(tmp_path, text):
    assert "CANARY" not in refusal(tmp_path, text)
