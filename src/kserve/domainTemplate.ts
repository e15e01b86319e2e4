/** KServe's `domainTemplate` as it comes. */
export const usualDomainTemplate = '{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}';

/** What KServe's templates of addresses can name. */
export interface TemplateValues {
  readonly Name: string;
  readonly Namespace: string;
  readonly IngressDomain: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Annotations: Readonly<Record<string, string>>;
}

/** A Go template of fields. @returns undefined for one with more in it, whose meaning would be a guess */
export function rendered(template: string, values: TemplateValues): string | undefined {
  let isKnown = true;
  const text = template.replace(/{{-?\s*(.*?)\s*-?}}/g, (_, expression: string) => {
    const value = valueOf(expression, values);
    isKnown &&= value !== undefined;
    return value ?? '';
  });
  return isKnown && !text.includes('{{') ? text : undefined;
}

function valueOf(expression: string, values: TemplateValues): string | undefined {
  const field = /^\.(Name|Namespace|IngressDomain)$/.exec(expression)?.[1] as
    'Name' | 'Namespace' | 'IngressDomain' | undefined;
  if (field !== undefined) return values[field];
  const entry =
    /^\.(Labels|Annotations)\.([\w-]+)$/.exec(expression) ??
    /^index \.(Labels|Annotations) "([^"]+)"$/.exec(expression);
  const map = entry?.[1] as 'Labels' | 'Annotations' | undefined;
  return map === undefined ? undefined : values[map][entry?.[2] ?? ''];
}
