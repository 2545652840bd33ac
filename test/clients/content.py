"""STIX objects to send, and the walks that other ways of reading are compared with."""
import json
import uuid
from decimal import Decimal

import requests

TAXII = 'application/taxii+json;version=2.1'
CREATED = '2024-05-01T10:00:00.000Z'


def stix_id(stix_type):
    return f'{stix_type}--{uuid.uuid4()}'


def indicator(modified=CREATED, **properties):
    return {
        'type': 'indicator',
        'spec_version': '2.1',
        'id': stix_id('indicator'),
        'created': CREATED,
        'modified': modified,
        'name': 'Callback address',
        'pattern': "[ipv4-addr:value = '198.51.100.7']",
        'pattern_type': 'stix',
        'valid_from': CREATED,
        **properties,
    }


def version_of(stix_object):
    """What tells the versions of one object apart; observables have one."""
    return stix_object['id'], stix_object.get('modified', stix_object.get('created'))


def pages(session, url, query, following):
    """Every page as (parsed body, headers). `following` is 'next' or 'header'."""
    asked = dict(query)
    while True:
        reply = session.get(url, params=asked)
        reply.raise_for_status()
        page = json.loads(reply.text, parse_float=Decimal)
        yield page, reply.headers
        if not page['more']:
            return
        if following == 'next':
            asked = {**query, 'next': page['next']}
        else:
            asked = {**query, 'added_after': reply.headers['X-TAXII-Date-Added-Last']}


def walked(session, url, query, following):
    return [each for page, _ in pages(session, url, query, following) for each in page['objects']]


def session_with(key):
    session = requests.Session()
    session.headers.update({'Authorization': f'Bearer {key}', 'Accept': TAXII})
    return session


def read_objects(path):
    """From a bundle or from an array."""
    parsed = json.loads(path.read_text('utf-8'), parse_float=Decimal)
    return parsed if isinstance(parsed, list) else parsed['objects']
