import { startEngine } from '../client/client.ts';
import { createActions } from '../session/actions.ts';
import { createStudioStore } from '../session/store.ts';

/** The one store and its actions, joined to the engine's worker. */
export const store = createStudioStore();
export const actions = createActions(store, startEngine());
