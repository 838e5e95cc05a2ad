export type { Socket } from './model/socket.js';
