export { KubeApiError, type KubeApi, type KubeRequest } from './kube-api.ts';
