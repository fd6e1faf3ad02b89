"""Writes the workbook and the parquet files that the readers of src/data/tables are tested on, as other programs write them.

    pip install openpyxl==3.1.5 pyarrow==26.0.1
    python scripts/samples/table_fixtures.py
"""

import datetime
import json
import pathlib

import openpyxl
import pyarrow
import pyarrow.parquet

FOLDER = pathlib.Path(__file__).parents[2] / 'src/data/tables/fixtures'

REVIEWS = [
    ('Очень хороший отель, вернусь ещё', 'за'),
    ('Было грязно\nи шумно', 'против'),
    ('Бұл қонақүй маған ұнады 👍', 'за'),
    ('Le café était « délicieux »', 'за'),
    ('这家餐厅的菜很好吃', 'за'),
]


def workbook():
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = 'Сводка'
    cover.append(['О чём это', 'Отзывы гостей'])
    sheet = book.create_sheet('Отзывы')
    sheet.append(['отзыв', 'метка', 'оценка', 'дата', 'проверен', None])
    for i, (text, label) in enumerate(REVIEWS):
        if i == 2:
            sheet.append([])
        sheet.append([text, label, i + 0.5, datetime.datetime(2026, 1, 1 + i), i % 2 == 0, None])
    book.create_sheet('Пусто')
    book.save(FOLDER / 'reviews.xlsx')


def parquet():
    names = ['negative', 'positive']
    labels = [1, 0, 1, -1, None]
    chat = [[{'role': 'user', 'content': text}, {'role': 'assistant', 'content': label}] for text, label in REVIEWS]
    table = pyarrow.table({
        'text': [text for text, _ in REVIEWS],
        'label': pyarrow.array(labels, pyarrow.int64()),
        'messages': chat,
        'when': pyarrow.array([datetime.datetime(2026, 1, 1, 12)] * 5, pyarrow.timestamp('ms')),
        '__index_level_0__': pyarrow.array(range(5), pyarrow.int64()),
    })
    features = {
        'text': {'dtype': 'string', '_type': 'Value'},
        'label': {'names': names, '_type': 'ClassLabel'},
    }
    described = table.replace_schema_metadata({'huggingface': json.dumps({'info': {'features': features}})})
    pyarrow.parquet.write_table(described, FOLDER / 'train-00000-of-00001.parquet', row_group_size=2)
    for compression in ('gzip', 'zstd', 'brotli', 'lz4'):
        pyarrow.parquet.write_table(table.select(['text']), FOLDER / f'{compression}.parquet', compression=compression)


FOLDER.mkdir(parents=True, exist_ok=True)
workbook()
parquet()
