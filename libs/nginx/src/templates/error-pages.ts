/**
 * Duty: how errors of all hosts come to the server of error pages. It stands once, and locations inherit it: each of them
 * says what it is about by its `root`, which is used for nothing else.
 */
import type { NginxToken } from '../tokens/token.ts';
import type { ErrorPageView } from './server.ts';

export interface ErrorAskingView {
  /** Of the server that asks for pages. */
  readonly socket: NginxToken;
  /** What the locations of hosts answer, unless they say otherwise. */
  readonly errorPages: readonly ErrorPageView[];
  /** Whether endpoints come by DNS, so that `$gatehouse_idle` is there. */
  readonly byDns: boolean;
}

/** For the servers of our own: there is no location in them for the errors of hosts. */
export const ownErrors = 'error_page 599 /;\n';

const subject = '^/(?<gatehouse_error_way>anew|once)/(?<gatehouse_error_backend>[a-z]+)/(?<gatehouse_error_of>.+)$';
/** nginx asks no expression about an empty text. */
const noSubject = '^.(?<gatehouse_error_way>)(?<gatehouse_error_backend>)(?<gatehouse_error_of>)';

// error_page stands without a bare `=`: whatever the error backend answers, the client gets the status that the page is
// about. Where endpoints come by DNS, nginx' own 502 is the exception: what it is to become is decided after it, so the
// server of error pages is told to answer with nothing but that status.
//
// try_files is how a request begins anew: where the first file is not there, it goes to the second.
export const errorPagesTemplate = `    # First, because an upstream that is named by a variable is looked for from the beginning.
    upstream gatehouse_errors {
        server {{socket}} max_fails=0;
        keepalive 32;
    }

    recursive_error_pages on;
    {{> errorPages}}

    # Where an error is answered, and what about.
    map $document_root $gatehouse_error_page {
        volatile;
        "~${subject}" @gatehouse_error;
        "~${noSubject}" @gatehouse_error;
    }
    map none $gatehouse_plain_page {
        volatile;
        "~${noSubject}" @gatehouse_error;
    }

{{#byDns}}
    # What becomes of nginx' own 502: it has no status as long as that is open.
    map "$gatehouse_idle$status" $gatehouse_error_status {
        volatile;
        "~^(?:idle)?[1-9]" $status;
        "~^idle" 503;
        default 502;
    }
    map "$gatehouse_idle$status" $gatehouse_error_start {
        volatile;
        "~^(?:idle)?[1-9]" "";
        "~^idle" /idle;
        default /lost;
    }

    # Endpoints that change while a request is on its first try leave it no second one: nginx says 502. Then it begins anew,
    # once: when it did not reach an endpoint, or may be sent twice and nobody began to answer it. What it asked for is taken
    # as it came, so only paths will do that mean the same before and after nginx has read them.
    map "$gatehouse_idle$status:$gatehouse_error_way:$gatehouse_begun_anew:$request_method:$gatehouse_unsent:$upstream_bytes_received:$gatehouse_path" $gatehouse_stays {
        volatile;
        "~^(?<gatehouse_begun_anew>0)00:anew::(?:GET|HEAD|OPTIONS|PUT|DELETE|TRACE):[a-z]*:(?:[^/]*[ :])?0:/" /dev/null/gone;
        "~^(?<gatehouse_begun_anew>0)00:anew::[A-Z]+:unsent:[^/]*:/" /dev/null/gone;
        default /dev/null;
    }
{{/byDns}}
{{^byDns}}
    map $status $gatehouse_error_status {
        volatile;
        default $status;
    }
    map "" $gatehouse_error_start {
        default "";
    }
{{/byDns}}

    # Why nginx itself gave a status. What a backend answered has the time of its header.
    map "{{#byDns}}$gatehouse_idle{{/byDns}}$gatehouse_error_status:$upstream_header_time" $gatehouse_error_reason {
        volatile;
{{#byDns}}
        "~^idle503:" no-endpoints;
{{/byDns}}
        "403:" denied;
        "413:" too-large;
        "429:" too-many-requests;
        "~^502:(?:.* )?-$" upstream-unreachable;
        "~^504:(?:.* )?-$" upstream-timeout;
        default "-";
    }

    map $gatehouse_error_backend $gatehouse_error_url {
        volatile;
        "" http://gatehouse_errors$gatehouse_error_start/none/$gatehouse_error_status/$gatehouse_error_reason/-/-/-/-/-$request_uri;
        default http://gatehouse_errors$gatehouse_error_start/$gatehouse_error_backend/$gatehouse_error_status/$gatehouse_error_reason/$gatehouse_error_of$request_uri;
    }
`;
