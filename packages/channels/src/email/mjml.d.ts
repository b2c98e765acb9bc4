/** As much of MJML 5 as the layout needs: the package ships no types. */
declare module "mjml" {
  export default function mjml2html(
    source: string,
    options: { validationLevel: "strict"; fonts: Record<string, string> },
  ): Promise<{ html: string }>;
}
