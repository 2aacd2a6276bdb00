export { systemClock } from '@gatehouse/logging';
