"""Flag beats environment beats file beats default."""

import pytest

from octavo.app import Settings, UsageError


def test_the_nearest_source_wins(tmp_path):
    (tmp_path / "octavo.toml").write_text('model = "from-file"\nmax_pages = 7\ndevice = "cpu"\n')
    environ = {"XDG_CONFIG_HOME": str(tmp_path), "OCTAVO_MODEL": "from-env", "OCTAVO_ISOLATE": "no"}
    settings = Settings.load(environ, model=None)
    assert (settings.model, settings.max_pages, settings.isolate) == ("from-env", 7, False)
    assert Settings.load(environ, model="from-flag").model == "from-flag"
    assert Settings.load({"XDG_CONFIG_HOME": str(tmp_path / "none")}) == Settings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("max_page = 3", "setting max_page: unknown; known are model"),
        ("max_pages = 'many'", "setting max_pages: 'many' is not a valid int"),
        ("max_pages = 0", "setting max_pages: must be above 0, not 0"),
        ("device = 'gpu'", "setting device: 'gpu' is none; write cpu or cuda"),
        ("isolate = 'maybe'", "setting isolate: 'maybe' is not a valid bool"),
        ("max_pages = ", "the settings file cannot be read"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, message):
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(UsageError, match=message):
        Settings.load({"OCTAVO_CONFIG": str(tmp_path / "mine.toml")})


def test_a_named_settings_file_must_exist(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        Settings.load({"OCTAVO_CONFIG": str(tmp_path / "absent.toml")})
