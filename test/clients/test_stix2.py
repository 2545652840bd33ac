"""OASIS python-stix2: its TAXII data source and sink."""
import pytest
import stix2
from content import indicator, stix_id
from stix2.datastore.filters import Filter
from taxii2client.v21 import Collection


@pytest.fixture
def collection(running, key, fresh):
    return Collection(running.collection_url(fresh), user='apikey', password=key)


@pytest.fixture
def sink(collection):
    return stix2.TAXIICollectionSink(collection)


@pytest.fixture(params=[3, 5000])
def source(request, collection):
    return stix2.TAXIICollectionSource(collection, items_per_page=request.param)


def made(name, **properties):
    return stix2.Indicator(
        name=name, pattern="[url:value = 'https://a.example/']", pattern_type='stix', **properties
    )


def test_adds_an_object_and_gets_it(sink, source):
    sent = made('one')
    sink.add(sent)
    assert source.get(sent.id) == sent


def test_adds_bundles_lists_dictionaries_and_texts(sink, source):
    bundled = [made(f'bundled {n}') for n in range(4)]
    listed = [made(f'listed {n}') for n in range(3)]
    plain = indicator()
    text = made('text')
    sink.add(stix2.Bundle(objects=bundled))
    sink.add(listed)
    sink.add(plain)
    sink.add(text.serialize())
    ids = {each.id for each in (*bundled, *listed, text)} | {plain['id']}
    assert {each.id for each in source.query()} == ids


def test_an_object_that_is_not_there_is_none(source):
    assert source.get(stix_id('indicator')) is None
    assert source.all_versions(stix_id('indicator')) == []


def test_all_versions_and_the_latest(sink, source):
    first = made('first')
    second = first.new_version(name='second')
    third = second.new_version(name='third')
    sink.add([third, first, second])
    assert source.get(first.id).name == 'third'
    names = sorted(each.name for each in source.all_versions(first.id))
    assert names == ['first', 'second', 'third']


def test_queries_filter_here_and_there(sink, source):
    author = stix2.Identity(name='Harbor ISAC', identity_class='organization')
    indicators = [made(f'number {n}', created_by_ref=author.id) for n in range(8)]
    sink.add([author, *indicators])
    assert {each.id for each in source.query([Filter('type', '=', 'identity')])} == {author.id}
    by_id = source.query([Filter('id', '=', indicators[5].id)])
    assert [each.name for each in by_id] == ['number 5']
    named = source.query([Filter('type', '=', 'indicator'), Filter('name', '=', 'number 3')])
    assert [each.id for each in named] == [indicators[3].id]
    assert len(source.query([Filter('created_by_ref', '=', author.id)])) == 8


def test_queries_by_time(collection, sink, source):
    sink.add(made('before'))
    seen = collection.get_manifest()['objects'][-1]['date_added']
    later = made('after')
    sink.add(later)
    assert [each.id for each in source.query([Filter('added_after', '=', seen)])] == [later.id]


def test_a_store_reads_the_whole_sample_feed(running, key):
    known = running.collection('soc-defenders-hashes')
    collection = Collection(running.collection_url(known), user='apikey', password=key)
    source = stix2.TAXIICollectionSource(collection)
    found = source.query()
    assert {each.type for each in found} == {'identity', 'indicator', 'marking-definition'}
    manifest = collection.get_manifest(limit=1000)
    assert manifest['more'] is (len(found) > 1000)
    first_ids = [each['id'] for each in manifest['objects']]
    assert [each.id for each in found][: len(first_ids)] == first_ids
