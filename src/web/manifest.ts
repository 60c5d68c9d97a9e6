import { parse } from 'yaml'

/** Where the app will be reached, and where it is registered. Addresses without a slash at the end. */
export interface ManifestPlaces {
  /** The address that GitHub delivers to. */
  readonly publicUrl: string
  /** The address of the registration page itself, which GitHub sends the browser back to. */
  readonly localUrl: string
  readonly webhookPath: string
}

/**
 * The manifest that GitHub makes the app from: `app.yml` with the addresses filled in, and private whatever `app.yml`
 * forgets to say. @throws when `app.yml` is not a mapping.
 */
export const manifestOf = (appYml: string, { publicUrl, localUrl, webhookPath }: ManifestPlaces): object => {
  const app = parse(appYml) as unknown
  if (typeof app !== 'object' || app === null || Array.isArray(app)) throw new Error('app.yml holds no mapping')
  return {
    public: false,
    ...app,
    url: publicUrl,
    redirect_url: `${localUrl}/probot/setup`,
    hook_attributes: { url: `${publicUrl}${webhookPath}`, active: true },
  }
}

/** A text for an HTML attribute or element. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
