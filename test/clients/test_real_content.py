"""Real STIX content imported by the command line and read back: nothing lost, nothing changed.

Where a file has an object twice, the first is kept; a repetition is already there when it says the
same, and refused when it does not.
"""
import pytest
from conftest import NEEDED
from content import read_objects, session_with, version_of, walked

FOLDER = NEEDED['test_real_content.py']


@pytest.mark.parametrize('path', sorted(FOLDER.glob('*.json')), ids=lambda path: path.stem)
def test_comes_back_as_it_was(running, key, fresh, path):
    sent = read_objects(path)
    expected = {}
    differing = [n for n, each in enumerate(sent) if expected.setdefault(version_of(each), each) != each]
    told = running.cli(
        'import', str(path), '--collection', fresh['alias'], exit_code=1 if differing else 0
    )
    assert (told['received'], told['added']) == (len(sent), len(expected))
    assert [each['index'] for each in told['reasons']] == differing
    url = f'{running.collection_url(fresh)}objects/'
    for following, limit in (('next', 100), ('header', 100), ('next', 1000), ('header', 1000)):
        query = {'limit': limit, 'match[version]': 'all', 'match[spec_version]': '2.0,2.1'}
        got = walked(session_with(key), url, query, following)
        assert [version_of(each) for each in got] == list(expected)
        assert got == list(expected.values())
