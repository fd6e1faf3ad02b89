import { describe, expect, it } from 'vitest';
import { guessEncoding } from './encoding.ts';
import { encode } from './testing.ts';

const FRENCH =
  'texte,étiquette\n"Le café était délicieux, l’accueil très chaleureux",positif\nDéçu par le goût,négatif\n';
const RUSSIAN = 'текст;метка\nОчень хороший отель, обязательно вернусь;1\nНе советую никому, было грязно и шумно;0\n';
const KAZAKH = 'мәтін,белгі\nБұл кітап маған өте ұнады,оң\nҚызмет көрсету нашар болды,теріс\n';
const CHINESE = '内容,类别\n这家餐厅的菜很好吃，服务也不错,正面\n上次买的手机用了两天就坏了,负面\n';
const ENGLISH = 'text,label\nThis is good,1\nThis is not,0\n';
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('guessEncoding', () => {
  it.each([FRENCH, RUSSIAN, KAZAKH, CHINESE, ENGLISH, '👍🏽,ok\n'])('knows UTF-8, marked or not: %j', (text) => {
    expect(guessEncoding(utf8(text))).toBe('utf-8');
    expect(guessEncoding(utf8(`\ufeff${text}`))).toBe('utf-8');
    // Cut within a letter.
    const bytes = utf8(text);
    for (let cut = 1; cut < 4; cut++) expect(guessEncoding(bytes.subarray(0, bytes.length - cut))).toBe('utf-8');
  });

  it.each([FRENCH, RUSSIAN, KAZAKH, CHINESE, ENGLISH])('knows UTF-16 of both orders, marked or not: %j', (text) => {
    for (const encoding of ['utf-16le', 'utf-16be'] as const) {
      expect(guessEncoding(encode(text, encoding))).toBe(encoding);
      expect(guessEncoding(encode(`\ufeff${text}`, encoding))).toBe(encoding);
    }
  });

  it('tells the 8-bit encodings and GB18030 apart', () => {
    expect(guessEncoding(encode(FRENCH, 'windows-1252'))).toBe('windows-1252');
    expect(guessEncoding(encode(RUSSIAN, 'windows-1251'))).toBe('windows-1251');
    expect(guessEncoding(encode(KAZAKH, 'windows-1251'))).toBe('windows-1251');
    expect(guessEncoding(encode(CHINESE, 'gb18030'))).toBe('gb18030');
    expect(guessEncoding(encode('label,text\nда,Привет\nнет,Пока\n', 'windows-1251'))).toBe('windows-1251');
    expect(guessEncoding(encode('text,label\nПРИВЕТ ВСЕМ ДРУЗЬЯМ,СПАМ\nКУПИТЕ СЛОНА,СПАМ\n', 'windows-1251'))).toBe(
      'windows-1251',
    );
    expect(guessEncoding(encode('name\nMüller\nGrößer\nÜbergröße\n', 'windows-1252'))).toBe('windows-1252');
    expect(guessEncoding(encode('text\nNaïveté créée à l’œuvre, « déjà vu »\n', 'windows-1252'))).toBe('windows-1252');
  });

  it('is not misled by a zero byte, one wrong byte, or nothing at all', () => {
    expect(guessEncoding(utf8('a,b\nx\0y,z\n'))).toBe('utf-8');
    expect(guessEncoding(Uint8Array.of())).toBe('utf-8');
    expect(guessEncoding(Uint8Array.from([...utf8(RUSSIAN), 0xff]))).toBe('utf-8');
  });
});
