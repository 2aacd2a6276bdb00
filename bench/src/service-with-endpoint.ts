/**
 * Duty: the Service that measured requests go to.
 */

/** Service `web` with port 80 and one endpoint, 127.0.0.1 and `port`, as YAML. */
export function serviceWithEndpoint(port: number): string {
  return `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { ports: [{ name: http, port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [127.0.0.1], conditions: { ready: true } }]
ports: [{ name: http, port: ${port}, protocol: TCP }]
`;
}
