export { angular, csrf, type CsrfOptions, django, laravel, rails } from './lib/csrf.js'
