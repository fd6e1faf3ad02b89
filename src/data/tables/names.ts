/** Names that columns have in English, French, Russian, Kazakh and Chinese, the likeliest first. */
export const COLUMN_NAMES = {
  text: `text texts sentence review comment message content body tweet post utterance sms mail email document doc article
    statement feedback question query passage description summary headline title reviewtext
    texte phrase avis commentaire contenu corps courriel critique remarque titre
    текст отзыв комментарий сообщение предложение содержание твит письмо статья рецензия вопрос описание заголовок
    мәтін пікір түсініктеме хабарлама сөйлем мазмұны хат мақала сұрақ сипаттама
    文本 文字 内容 评论 句子 正文 留言 评价 短信 消息 微博 文章 问题 描述 标题`,
  label: `label_name label_text class_name category_name label labels target class category sentiment intent emotion topic
    polarity rating stars score tag type is_spam is_toxic gold genre y
    étiquette classe catégorie sentiments note thème sujet émotion intention
    метка класс категория тональность тема рубрика оценка эмоция настроение разметка тип жанр
    белгі санат класс сынып көңіл тақырып баға эмоция түрі
    标签 类别 分类 情感 标注 意图 主题 情绪 类型 极性 评分 星级`,
  split: `split subset partition fold выборка разбиение бөлік partie 划分 集合 数据集`,
  prompt: `prompt question query input source instruction context user human
    invite demande entrée consigne
    промпт вопрос запрос ввод подсказка
    сұрақ сұраныс кіріс
    提示 问题 提问 输入 问 用户`,
  completion: `completion response answer reply output target assistant chosen summary
    réponse sortie résumé
    ответ вывод отклик ответы
    жауап шығыс
    回答 答案 输出 回复 答复 响应 补全 答`,
  instruction: `instruction instructions consigne инструкция задание нұсқау тапсырма 指令 指示`,
  input: `input context entrée contexte ввод контекст вход кіріс мәтінмән 输入 上下文`,
  output: `output response answer completion sortie réponse ответ вывод выход жауап шығыс 输出 回答 答案 回复`,
  messages: `messages conversations conversation dialog dialogue dialogues chat turns
    диалог диалоги переписка беседа сұхбат әңгіме 对话 会话 消息列表`,
  pair: `pair text_pair sentence2 text2 text_b question2 hypothesis`,
  first: `sentence1 text1 text_a question1 premise`,
} as const satisfies Record<string, string>;
export type KnownName = keyof typeof COLUMN_NAMES;

/** `Review Text`, `review-text` and `reviewText` as `review_text`; accents of one spelling. */
const folded = (name: string): string =>
  name
    .trim()
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s._-]+/g, '_')
    .replace(/[éèê]/g, 'e');

const LISTS = new Map(Object.entries(COLUMN_NAMES).map(([role, names]) => [role, names.split(/\s+/).map(folded)]));
const ALL = new Set([...LISTS.values()].flat());

export const isKnownName = (name: string): boolean => ALL.has(folded(name));

/** A name that has a known word among others (`user_comment`) counts for less than any known name. */
const PART = 1000;

/** How well a name fits: 0 for the likeliest, more for others, infinite where it does not. */
export function rankOf(name: string, role: KnownName): number {
  const list = LISTS.get(role)!;
  const whole = list.indexOf(folded(name));
  if (whole >= 0) return whole;
  const parts = folded(name)
    .split('_')
    .map((part) => list.indexOf(part))
    .filter((rank) => rank >= 0);
  return parts.length ? PART + Math.min(...parts) : Number.POSITIVE_INFINITY;
}
