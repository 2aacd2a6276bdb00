export { routingFlags, routingOptionsForFiles } from '@gatehouse/routing';
