import { defineConfig, passthroughImageService } from "astro/config";

/* Pages are files: any web server can show them. Pictures come in every size from the site. */
export default defineConfig({
    output: "static",
    trailingSlash: "always",
    image: { service: passthroughImageService() },
    build: { inlineStylesheets: "always" },
});
