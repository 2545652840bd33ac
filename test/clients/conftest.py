"""The running server, and what a test needs of it: keys, fresh collections, the command line."""
import itertools
import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# Set by run.sh, which compares with what lies there too.
SHARED = Path(os.environ['TAXII_EDGE_SHARED'])
NEEDED = {
    'test_published_examples.py': SHARED / 'seed' / 'objects-endpoint.txt',
    'test_real_content.py': SHARED / 'data',
    'test_volume.py': SHARED / 'tools' / 'gen-stix.mjs',
}
collect_ignore = [name for name, path in NEEDED.items() if not path.exists()]
numbers = itertools.count(1)


def pytest_report_header():
    return [f'left out: {name}, without {NEEDED[name]}' for name in collect_ignore]


@dataclass(frozen=True)
class Running:
    url: str
    discovery: str
    admin_token: str = field(repr=False)
    keys: dict = field(repr=False)
    collections: list

    @property
    def root(self):
        return f'{self.url}/api/taxii2/api/'

    def collection(self, alias):
        return next(each for each in self.collections if each['alias'] == alias)

    def collection_url(self, collection):
        return f'{self.root}collections/{collection["id"]}/'

    def cli(self, *arguments, exit_code=0):
        """What the command prints as JSON; fails with what it says on stderr."""
        done = subprocess.run(
            ['npm', 'run', '--silent', 'cli', '--', *arguments, '--json'],
            cwd=PROJECT,
            env={
                **os.environ,
                'TAXII_EDGE_URL': self.url,
                'TAXII_EDGE_TOKEN': self.admin_token,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == exit_code, done.stderr + done.stdout
        return json.loads(done.stdout)


@pytest.fixture(scope='session')
def running():
    ready = json.loads(os.environ['TAXII_EDGE_READY'])
    return Running(
        url=ready['url'],
        discovery=ready['discovery'],
        admin_token=ready['adminToken'],
        keys=ready['keys'],
        collections=ready['collections'],
    )


@pytest.fixture(scope='session')
def key(running):
    """Reads and writes, and is never short of requests."""
    scopes = [f'--scope={scope}' for scope in ('read:iocs', 'read:stix', 'write:stix')]
    limits = ['--per-minute', '1000000', '--per-day', '100000000']
    return running.cli('key', 'create', '--tier', 'pro', *scopes, *limits)['key']


@pytest.fixture
def fresh(running):
    """A new, empty collection that takes objects."""
    name = f'clients-{next(numbers)}'
    return running.cli('collection', 'create', '--alias', name, '--title', name, '--writable')
