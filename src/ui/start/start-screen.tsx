import { useTranslation } from 'react-i18next';
import { Page } from '../controls/page.tsx';

export function StartScreen() {
  const { t } = useTranslation('start');
  return <Page title={t('title')}>{null}</Page>;
}
