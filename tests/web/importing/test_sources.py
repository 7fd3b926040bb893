import pytest

from cs_workspace.web.importing.errors import FileRefused
from cs_workspace.web.importing.sources import find_files
from tests.web.importing.making import crm, write


def names(found) -> dict[str, list[str]]:
    return {table.kind.name: [path.name for path in files] for table, files in found.tables}


def test_a_folder_gives_each_table_its_file_in_the_order_of_the_mapping(tmp_path):
    found = find_files([write(tmp_path)], crm())
    assert list(names(found))[:3] == ["accounts", "contracts", "contacts"]
    assert found.absent == []
    assert found.left_out == {}


def test_tables_without_a_file_and_files_without_a_table_are_told(tmp_path):
    write(tmp_path, usage=None)
    (tmp_path / "leads.csv").write_text("id\n")
    (tmp_path / "notes.md").write_text("no table at all")
    found = find_files([tmp_path], crm())
    assert [table.kind.name for table in found.absent] == ["usage"]
    assert found.left_out == {str(tmp_path / "leads.csv"): "is named by no table of the mapping"}


def test_the_case_of_a_name_does_not_matter(tmp_path):
    (tmp_path / "ACCOUNTS.CSV").write_text("id\n")
    assert names(find_files([tmp_path], crm())) == {"accounts": ["ACCOUNTS.CSV"]}


def test_with_several_paths_each_kind_comes_from_the_first_that_has_it(tmp_path):
    new, old = tmp_path / "new", tmp_path / "old"
    new.mkdir(), old.mkdir()
    (new / "accounts.csv").write_text("id\n")
    write(old)
    found = find_files([new, old], crm())
    by_kind = {table.kind.name: files for table, files in found.tables}
    assert by_kind["accounts"] == [new / "accounts.csv"]
    assert by_kind["usage"] == [old / "usage.csv"]
    assert found.left_out == {str(old / "accounts.csv"): "another file was taken in its place"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("gone", "gone: does not exist."),
        ("empty", "holds no file that crm.toml knows. It knows accounts.csv, contracts.csv"),
        ("acounts.csv", "is no file that crm.toml knows. Did you mean “accounts.csv”?"),
        ("zzz.bin", "is no file that crm.toml knows. Known: accounts.csv, contacts.csv"),
    ],
)
def test_a_path_that_gives_nothing_is_refused(tmp_path, given, reason):
    (tmp_path / "empty").mkdir()
    (tmp_path / "acounts.csv").write_text("id\n")
    (tmp_path / "zzz.bin").write_text("id\n")
    with pytest.raises(FileRefused) as caught:
        find_files([tmp_path / given], crm())
    assert reason in str(caught.value)
