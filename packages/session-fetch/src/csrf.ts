export { angular, csrf, type CsrfOptions, django, laravel, rails } from '@session-fetch/core/csrf'
