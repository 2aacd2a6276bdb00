/**
 * Duty: within the http block: the address, scheme, host and port that a client used, as the connection tells them or as
 * believed proxies do. Whatever writes a header to a backend uses the variables declared here.
 */
import type { NginxToken } from '../tokens/token.ts';

export interface ClientsView {
  /** Undefined when nobody is believed about addresses. */
  readonly realIp: { readonly header: NginxToken; readonly networks: readonly NginxToken[] } | undefined;
  /** Undefined when nobody is believed about anything else. */
  readonly believed: BelievedView | undefined;
}

interface BelievedView {
  readonly networks: readonly NginxToken[];
  readonly byProxyProtocol: boolean;
  readonly byHeaders: boolean;
  /** X-Forwarded-For is lengthened. */
  readonly lengthens: boolean;
}

// Networks stand without a default: what matches none gets the empty text. With the PROXY protocol two are asked, the one
// who sends it and the one that it names, who in turn has sent the headers.
export const clientsTemplate = `{{#realIp}}
    real_ip_header {{header}};
    real_ip_recursive on;
{{#networks}}
    set_real_ip_from {{.}};
{{/networks}}

{{/realIp}}
{{#believed}}
    geo $realip_remote_addr $gatehouse_peer_believed {
{{#networks}}
        {{.}} 1;
{{/networks}}
    }

    geo $gatehouse_sender $gatehouse_sender_believed {
{{#networks}}
        {{.}} 1;
{{/networks}}
    }

    map $gatehouse_peer_believed $gatehouse_sender {
        1 {{#byProxyProtocol}}$proxy_protocol_addr{{/byProxyProtocol}}{{^byProxyProtocol}}$realip_remote_addr{{/byProxyProtocol}};
        default $realip_remote_addr;
    }

    map "$gatehouse_peer_believed$gatehouse_sender_believed:$proxy_protocol_server_port:$http_x_forwarded_proto" $gatehouse_scheme {
{{#byProxyProtocol}}
        "~^11?:443:" https;
{{/byProxyProtocol}}
{{#byHeaders}}
        "~*^11:[0-9]*:https$" https;
        "~*^11:[0-9]*:http$" http;
{{/byHeaders}}
        default $scheme;
    }

    map $gatehouse_scheme $gatehouse_own_port {
        https 443;
        default $server_port;
    }

    map "$gatehouse_peer_believed$gatehouse_sender_believed:$proxy_protocol_server_port:$http_x_forwarded_port" $gatehouse_forwarded_port {
{{#byHeaders}}
        "~^11:[0-9]*:(?<gatehouse_header_port>[0-9]{1,5})$" $gatehouse_header_port;
{{/byHeaders}}
{{#byProxyProtocol}}
        "~^11?:(?<gatehouse_proxy_port>[0-9]{1,5}):" $gatehouse_proxy_port;
{{/byProxyProtocol}}
        default $gatehouse_own_port;
    }

    map "$gatehouse_peer_believed$gatehouse_sender_believed:$http_x_forwarded_host" $gatehouse_host {
{{#byHeaders}}
        "~^11: *(?<gatehouse_header_host>[A-Za-z0-9._-]+(?::[0-9]{1,5})?) *(?:,|$)" $gatehouse_header_host;
{{/byHeaders}}
        default $host$gatehouse_port_suffix;
    }

    map "$gatehouse_peer_believed$gatehouse_sender_believed:$http_x_forwarded_for" $gatehouse_forwarded_for {
{{#lengthens}}
        "11:" $gatehouse_sender;
        "~^11:" "$http_x_forwarded_for, $gatehouse_sender";
{{/lengthens}}
        default $remote_addr;
    }
{{/believed}}
{{^believed}}
    map $https $gatehouse_scheme {
        on https;
        default http;
    }

    map $https $gatehouse_forwarded_port {
        on 443;
        default $server_port;
    }

    map "" $gatehouse_host {
        default $host$gatehouse_port_suffix;
    }

    map "" $gatehouse_forwarded_for {
        default $remote_addr;
    }
{{/believed}}
`;
