import ast
import importlib
import pkgutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from django.apps import apps
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[2]
# An app imports only what stands to its right.
ORDER = ["kennisplein", "home", "forms", "stories", "publications"]


def wrong_imports(project: Path) -> list[str]:
    """Return every import in the apps that points to the left or hides in a function."""
    wrong = []
    for app in ORDER:
        for path in sorted((project / app).rglob("*.py")):
            module = path.relative_to(project).with_suffix("").parts
            tree = ast.parse(path.read_text(encoding="utf-8"))
            hidden = {
                id(node)
                for function in functions_without_ready(tree)
                for node in ast.walk(function)
            }
            for node in ast.walk(tree):
                for name in imported_names(node, module):
                    to = name.split(".")[0]
                    place = f"{path.relative_to(project)}:{node.lineno}"
                    if to in ORDER and ORDER.index(to) < ORDER.index(app):
                        wrong.append(f"{place} imports {name}")
                    if id(node) in hidden:
                        wrong.append(f"{place} imports {name} inside a function")
    return wrong


def imported_names(node: ast.AST, module: tuple[str, ...]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        start = module[: len(module) - node.level] if node.level else ()
        return [".".join([*start, *([node.module] if node.module else [])])]
    return []


def functions_without_ready(tree: ast.Module) -> list[ast.AST]:
    """Return a module's functions, without `ready()`: that is where Django wants receivers."""
    ready = {
        id(method)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).endswith("AppConfig") for base in node.bases)
        for method in node.body
        if getattr(method, "name", "") == "ready"
    }
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and id(node) not in ready
    ]


def test_imports_run_one_way_and_stand_at_the_top():
    assert wrong_imports(PROJECT) == []


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("publications/models.py", "import home.models", "1 imports home.models"),
        ("stories/tests/test_x.py", "from forms import models", "1 imports forms"),
        ("forms/models/case.py", "from .. import x\nfrom ...home import y", "2 imports home"),
        (
            "home/views.py",
            "async def view(request):\n    import json",
            "2 imports json inside a function",
        ),
        ("home/apps.py", "class HomeConfig(AppConfig):\n def ready(self):\n  import home.x", None),
        ("home/views.py", "def ready():\n    import json", "2 imports json inside a function"),
        ("home/views.py", "import forms.models, publications\nfrom wagtail import hooks", None),
    ],
)
def test_wrong_import_is_noticed(tmp_path, path, source, expected):
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(source)

    assert wrong_imports(tmp_path) == ([f"{path}:{expected}"] if expected else [])


@pytest.mark.parametrize("app", [config.name for config in apps.get_app_configs()])
def test_every_module_of_an_app_that_django_looks_for_imports(app):
    package = importlib.import_module(app)
    looked_for = {"models", "apps", "checks", "signals", "urls", "views", "wagtail_hooks"}

    for module in pkgutil.iter_modules(package.__path__):
        if module.name in looked_for:
            importlib.import_module(f"{app}.{module.name}")


def test_installed_versions_fit_each_other():
    check = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert check.stdout == "No broken requirements found.\n"


@pytest.mark.parametrize(
    "names", [["requirements.txt"], ["requirements.txt", "requirements-dev.txt"]]
)
def test_what_is_installed_is_pinned_to_the_last_dependency(names):
    text = "".join((PROJECT / name).read_text() for name in names)
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    pinned = [Requirement(line) for line in lines if line and not line.startswith("-r")]
    versions = {canonicalize_name(line.name): str(line.specifier) for line in pinned}

    needed = {
        canonicalize_name(requirement.name)
        for line in pinned
        for requirement in map(Requirement, metadata.requires(line.name) or [])
        if any(
            requirement.marker is None or requirement.marker.evaluate({"extra": extra})
            for extra in ["", *line.extras]
        )
    }

    assert versions == {name: f"=={metadata.version(name)}" for name in versions}
    assert len(pinned) == len(versions)  # each once
    assert needed - set(versions) == set()
