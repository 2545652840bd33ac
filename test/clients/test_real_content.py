"""Real STIX content imported by the command line and read back: nothing lost, nothing changed."""
import pytest
from conftest import NEEDED
from content import read_objects, session_with, version_of, walked

FOLDER = NEEDED['test_real_content.py']


@pytest.mark.parametrize('path', sorted(FOLDER.glob('*.json')), ids=lambda path: path.stem)
def test_comes_back_as_it_was(running, key, fresh, path):
    sent = read_objects(path)
    told = running.cli('import', str(path), '--collection', fresh['alias'])
    assert (told['received'], told['added'], told['refused']) == (len(sent), len(sent), 0)
    expected = {version_of(each): each for each in sent}
    assert len(expected) == len(sent)
    url = f'{running.collection_url(fresh)}objects/'
    for following, limit in (('next', 100), ('header', 100), ('next', 1000), ('header', 1000)):
        query = {'limit': limit, 'match[version]': 'all', 'match[spec_version]': '2.0,2.1'}
        got = walked(session_with(key), url, query, following)
        assert [version_of(each) for each in got] == [version_of(each) for each in sent]
        assert {version_of(each): each for each in got} == expected
