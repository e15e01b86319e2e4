export { kubeconfigPaths, readContexts, type KubeContext } from './kubeconfig.ts';
